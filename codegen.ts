import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Typed documents for whoever uses the graph from TypeScript, from the printed schema: nothing has to run for
 * it.
 */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: 'schema/operations/*.graphql',
  importExtension: '.ts',
  generates: {
    'src/generated/graphql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: {
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          Locale: 'string',
          RulebookDocument: 'unknown',
          JsonSchema: 'unknown',
        },
      },
    },
  },
};

export default config;
