#!/bin/sh
# A question and a change, with nothing but curl: sh examples/ask.sh P-00042
set -e
url=${TIERGRAPH_URL:-http://localhost:4000/graphql}
partner=${1:-P-00042}

ask() {
  curl --silent --show-error --fail-with-body "$url" \
    --header 'content-type: application/json' \
    --header "authorization: Bearer ${TIERGRAPH_KEY:-none}" \
    --data "$1"
  echo
}

# Which tier, and what is missing for the next one?
ask '{
  "query": "query ($ref: String!) { partner(by: { ref: { program: \"connect\", externalRef: $ref } }) { name tier { name } standing { next { tier { name } missing { explanation } } } } }",
  "variables": { "ref": "'"$partner"'" }
}'

# An invoice. Sent a second time it is a duplicate, and changes nothing.
ask '{
  "query": "mutation ($facts: [FactInput!]!) { recordFacts(input: { program: \"connect\", source: \"curl\", facts: $facts }) { ... on FactsRecorded { rows { __typename } statusChanges { explanation } } ... on Refusal { code message } } }",
  "variables": { "facts": [{ "externalId": "INVOICE-1", "partner": "'"$partner"'", "occurredOn": "2026-11-01", "detail": { "revenue": { "amount": "1200.00", "currency": "EUR" } } }] }
}'
