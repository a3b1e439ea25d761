/** A page of partners with what each lacks for the next tier. */
export const FEED_PARTNERS = /* GraphQL */ `
  query FeedPartners($program: String!, $after: String) {
    partners(program: $program, first: 50, after: $after) {
      edges {
        node {
          externalRef
          judgedOn
          tier {
            code
          }
          standing {
            next {
              missing {
                ...Gap
                ... on CompositeProof {
                  needed
                  met
                  parts {
                    requirement {
                      ...Gap
                    }
                  }
                }
              }
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }

  fragment Gap on RequirementProof {
    __typename
    outcome
    ... on ThresholdProof {
      shortfall
      actual {
        path
      }
    }
    ... on SpecializationProof {
      specialization {
        code
      }
      requirement {
        ... on PersonsProof {
          slots {
            required
            persons
          }
        }
      }
    }
  }
`;

/** Records a batch and tells what it set off. */
export const RECORD_FEED_FACTS = /* GraphQL */ `
  mutation RecordFeedFacts($input: RecordFactsInput!) {
    recordFacts(input: $input) {
      __typename
      ... on FactsRecorded {
        rows {
          __typename
          ... on RowRejected {
            message
          }
        }
        statusChanges {
          partner {
            externalRef
          }
          explanation(locale: EN)
        }
      }
      ... on Refusal {
        message
      }
    }
  }
`;
