import { type ApiKeyCreated, createApiKey, revokeApiKey } from '../../src/app/access/api-key.ts';
import { ROLES, type Role } from '../../src/app/access/rights.ts';
import type { ApiKeyRow } from '../../src/store/reading/read-api-key.ts';
import { addMutation, builder } from '../base/builder.ts';
import { badUserInput } from '../base/errors.ts';
import { encodeGlobalId, readGlobalId } from '../base/global-id.ts';
import { pageArgs } from '../base/page.ts';
import { Partner } from '../base/partner-ref.ts';
import { Program } from '../base/program-ref.ts';
import { readInstant } from '../base/read-argument.ts';
import {
  InvalidKey,
  KeyNotFound,
  NotAllowed,
  PartnerNotFound,
  ProgramNotFound,
  refusalTypeName,
} from '../base/refusal.ts';
import { PartnerRef } from '../partners/partner-locator.ts';
import { readApiKeyPage } from './api-key-list.ts';
import { RoleType } from './viewer.ts';

const ApiKey = builder.objectRef<ApiKeyRow>('ApiKey').implement({
  description: 'A key by which a program is let in. Its secret is kept nowhere.',
  fields: (t) => ({
    id: t.id({
      description: 'What `revokeApiKey` asks for; it is no secret.',
      resolve: ({ id }) => encodeGlobalId('ApiKey', id),
    }),
    prefix: t.exposeString('prefix', { description: 'The public part, by which its owner knows it.' }),
    name: t.exposeString('name', { description: 'What its maker wrote about its purpose.' }),
    role: t.field({
      type: RoleType,
      description: 'What its bearer may do.',
      resolve: ({ role }) => roleNamed(role),
    }),
    programs: t.field({
      type: [Program],
      nullable: true,
      description: 'The programmes that it reaches; null for all, also those yet to be made.',
      resolve: async ({ programs }, _, { app }) => {
        if (programs === 'ALL') return null;
        const found = await Promise.all(programs.map((id) => app.catalogue.find('id', id)));
        return found.filter((program) => program !== undefined);
      },
    }),
    partner: t.field({
      type: Partner,
      nullable: true,
      description: 'The partner whose key it is; null for any other role.',
      resolve: ({ partnerId }, _, { partners }) => (partnerId === null ? null : partners.load(partnerId)),
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'The instant since which it lets its bearer in.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'The instant from which it is no longer accepted.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ended by hand; null if it was not.',
    }),
  }),
});

const ApiKeyConnection = builder.connectionObject(
  { type: ApiKey, name: 'ApiKeyConnection', description: 'A page of keys, newest first.' },
  { name: 'ApiKeyEdge', description: 'A key with its place in the list.' },
);

/** The role that a stored key has; throws for a name that is none. */
function roleNamed(name: string): Role {
  const role = ROLES.find((known) => known === name);
  if (role === undefined) throw new Error(`A key has the role ${name}, which is none.`);
  return role;
}

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'The purpose and the rights of a new key.',
  fields: (t) => ({
    name: t.string({ description: 'What its purpose is, in words, for those who may have to revoke it.' }),
    role: t.field({ type: RoleType, description: 'What its bearer may do.' }),
    programs: t.stringList({
      required: false,
      description: 'Codes of the programmes that it reaches; all if left out. Left out for a partner.',
    }),
    partner: t.field({
      type: PartnerRef,
      required: false,
      description: 'The partner whose key it is: for the role PARTNER, and only for that.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'When it ends by itself; a year from now if left out.',
    }),
  }),
});

const ApiKeyCreatedType = builder.objectRef<ApiKeyCreated>('ApiKeyCreated').implement({
  description: 'The key was made, and its secret is shown this one time.',
  fields: (t) => ({
    key: t.expose('key', { type: ApiKey, description: 'What is kept of it: all but its secret.' }),
    secret: t.exposeString('secret', {
      description: 'The key itself, to be sent as a bearer token. It is shown here and never again.',
    }),
  }),
});

const CreateApiKeyResult = builder.unionType('CreateApiKeyResult', {
  description: 'What became of making a key.',
  types: [ApiKeyCreatedType, NotAllowed, ProgramNotFound, PartnerNotFound, InvalidKey],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'ApiKeyCreated'),
});

const ApiKeyRevoked = builder.objectRef<{ readonly key: ApiKeyRow }>('ApiKeyRevoked').implement({
  description: 'The key is no longer accepted, and subscriptions that were opened with it end.',
  fields: (t) => ({
    key: t.expose('key', { type: ApiKey, description: 'What is kept of it, with the instant of its end.' }),
  }),
});

const RevokeApiKeyResult = builder.unionType('RevokeApiKeyResult', {
  description: 'What became of revoking a key.',
  types: [ApiKeyRevoked, NotAllowed, KeyNotFound],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'ApiKeyRevoked'),
});

builder.queryField('apiKeys', (t) =>
  t.field({
    description:
      'The keys that the viewer may revoke, newest first, also those that were revoked or have expired; for the role ADMIN.',
    type: ApiKeyConnection,
    // Every key is looked at to find those in reach.
    extensions: { cost: 20 },
    args: pageArgs,
    resolve: (_, args, context) => readApiKeyPage(context, args),
  }),
);

addMutation('createApiKey', (t) =>
  t.field({
    description: 'Makes a key. It cannot have more rights than its maker.',
    type: CreateApiKeyResult,
    args: { input: t.arg({ type: CreateApiKeyInput, description: 'Its purpose, its rights and its end.' }) },
    resolve: async (_, { input }, { app, rights }) => {
      const result = await createApiKey(app, rights, {
        name: input.name,
        role: input.role,
        programs: input.programs ?? null,
        partner: input.partner ?? null,
        expiresAt: readInstant(input.expiresAt ?? null, 'input.expiresAt'),
      });
      if ('path' in result) throw badUserInput(result.message, `input.${result.path}`);
      return result;
    },
  }),
);

addMutation('revokeApiKey', (t) =>
  t.field({
    description: 'Ends a key for good. Sent again, it changes nothing.',
    type: RevokeApiKeyResult,
    args: { id: t.arg.id({ description: 'What `ApiKey.id` said of it.' }) },
    resolve: (_, { id }, { app, rights }) => revokeApiKey(app, rights, readGlobalId(id, 'ApiKey', 'id')),
  }),
);
