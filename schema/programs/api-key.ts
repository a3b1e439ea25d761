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
  description: 'A key with which a program authenticates. Its secret is not stored.',
  fields: (t) => ({
    id: t.id({
      description: 'The id that `revokeApiKey` takes. It is not secret.',
      resolve: ({ id }) => encodeGlobalId('ApiKey', id),
    }),
    prefix: t.exposeString('prefix', { description: 'Its public part, by which its owner recognises it.' }),
    name: t.exposeString('name', { description: 'Its purpose, as its creator described it.' }),
    role: t.field({
      type: RoleType,
      description: 'What its bearer may do.',
      resolve: ({ role }) => roleNamed(role),
    }),
    programs: t.field({
      type: [Program],
      nullable: true,
      description: 'The programmes that it reaches; null for all of them, including future ones.',
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
      description: 'The instant from which it is accepted.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'The instant from which it is no longer accepted.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When an administrator ended it; null while it may be used.',
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
    name: t.string({ description: 'Its purpose, for those who may have to revoke it.' }),
    role: t.field({ type: RoleType, description: 'What its bearer may do.' }),
    programs: t.stringList({
      required: false,
      description:
        'Codes of the programmes that it reaches; all of them if left out. Leave it out for the role PARTNER.',
    }),
    partner: t.field({
      type: PartnerRef,
      required: false,
      description: 'The partner whose key it is: for the role PARTNER, and only for that.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'When it expires; a year from now if left out.',
    }),
  }),
});

const ApiKeyCreatedType = builder.objectRef<ApiKeyCreated>('ApiKeyCreated').implement({
  description: 'The key was created. Its secret is shown this one time.',
  fields: (t) => ({
    key: t.expose('key', { type: ApiKey, description: 'The key as it is stored, without its secret.' }),
    secret: t.exposeString('secret', {
      description: 'The key itself, to be sent as a bearer token. It is never shown again.',
    }),
  }),
});

const CreateApiKeyResult = builder.unionType('CreateApiKeyResult', {
  description: 'The key with its secret, or the reason why none was created.',
  types: [ApiKeyCreatedType, NotAllowed, ProgramNotFound, PartnerNotFound, InvalidKey],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'ApiKeyCreated'),
});

const ApiKeyRevoked = builder.objectRef<{ readonly key: ApiKeyRow }>('ApiKeyRevoked').implement({
  description: 'The key is no longer accepted, and subscriptions that were opened with it end.',
  fields: (t) => ({
    key: t.expose('key', { type: ApiKey, description: 'The key, with the instant at which it was revoked.' }),
  }),
});

const RevokeApiKeyResult = builder.unionType('RevokeApiKeyResult', {
  description: 'The ended key, or the reason why it was not revoked.',
  types: [ApiKeyRevoked, NotAllowed, KeyNotFound],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'ApiKeyRevoked'),
});

builder.queryField('apiKeys', (t) =>
  t.field({
    description:
      'The keys that the viewer may revoke, newest first, including revoked and expired ones. For the role ADMIN.',
    type: ApiKeyConnection,
    // Every key is looked at to find those in reach.
    extensions: { cost: 20 },
    args: pageArgs,
    resolve: (_, args, context) => readApiKeyPage(context, args),
  }),
);

addMutation('createApiKey', (t) =>
  t.field({
    description: 'Creates a key. It cannot have more rights than its creator.',
    type: CreateApiKeyResult,
    args: { input: t.arg({ type: CreateApiKeyInput, description: 'Its purpose, rights and expiry.' }) },
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
    description: 'Revokes a key for good. Sending it again changes nothing.',
    type: RevokeApiKeyResult,
    args: { id: t.arg.id({ description: 'The `ApiKey.id` of the key.' }) },
    resolve: (_, { id }, { app, rights }) => revokeApiKey(app, rights, readGlobalId(id, 'ApiKey', 'id')),
  }),
);
