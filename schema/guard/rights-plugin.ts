import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type PothosOutputFieldType,
  type SchemaTypes,
} from '@pothos/core';
import { type GraphQLFieldResolver, type GraphQLSchema, getNamedType, isUnionType } from 'graphql';
import type { Role } from '../../src/app/access/rights.ts';
import { isObject } from '../../src/engine/values/is-object.ts';
import { contextOf } from '../base/context.ts';
import { forbidden } from '../base/errors.ts';
import { refusalTypeName } from '../base/refusal.ts';
import { ROOT_RULES } from '../base/root-rules.ts';
import { FIELD_RULES, forRoles, NAMING, TYPE_RULES } from './rights.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      rights: RightsPlugin<Types>;
    }
  }
}

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;

/**
 * Puts every field behind its rule, inherited ones too. A root field without a rule, a rule without a field
 * and a mutation that can't answer NotAllowed end the build.
 *
 * - A field of a root: a mutation answers who may not with NotAllowed, anything else with an error of the
 *   code FORBIDDEN.
 * - Other fields by FIELD_RULES, by their own type or by one of its interfaces, else by TYPE_RULES.
 * - Fields of partners and facts, except those in NAMING: the role INGEST may read only what its operation
 *   was sent.
 */
class RightsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  readonly #used = new Set<string>();

  override wrapResolve(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    switch (field.kind) {
      case 'Query':
        return forRoles(resolve, this.#rootRule(field));
      case 'Mutation':
        return refuseOthers(resolve, this.#rootRule(field));
      case 'Subscription':
        return resolve;
      default:
        return this.#guardField(this.#guardTold(resolve, field), field);
    }
  }

  override wrapSubscribe(
    subscribe: Resolver<Types> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): Resolver<Types> | undefined {
    if (field.kind !== 'Subscription') return subscribe;
    if (subscribe === undefined) throw new Error(`${nameOf(field)} has nothing to subscribe to.`);
    return forRoles(subscribe, this.#rootRule(field));
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const rules = [ROOT_RULES, TYPE_RULES, FIELD_RULES].flatMap((table) => Object.keys(table));
    const idle = rules.filter((name) => !this.#used.has(name));
    if (idle.length > 0) throw new Error(`No field is behind these rules: ${idle.join(', ')}.`);
    for (const { name, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const result = getNamedType(type);
      const members = isUnionType(result) ? result.getTypes() : [];
      if (!members.some((member) => member.name === refusalTypeName('NOT_ALLOWED')))
        throw new Error(`The result of Mutation.${name} lacks NotAllowed.`);
    }
    return schema;
  }

  #rootRule(field: PothosOutputFieldConfig<Types>): readonly Role[] {
    const name = nameOf(field);
    const roles = ROOT_RULES[name];
    if (roles === undefined) throw new Error(`The field ${name} has no rule that says who may use it.`);
    this.#used.add(name);
    return roles;
  }

  #guardField(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    const owners = this.#ownersOf(field);
    const name = owners.map((owner) => `${owner}.${field.name}`).find((each) => each in FIELD_RULES);
    const rule = name ?? this.#typeNameOf(field.type);
    const roles = name === undefined ? TYPE_RULES[rule] : FIELD_RULES[rule];
    if (roles === undefined) return resolve;
    this.#used.add(rule);
    return forRoles(resolve, roles);
  }

  #guardTold(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    const owners = this.#ownersOf(field);
    const noun = ['Partner', 'Fact'].find((each) => owners.includes(each));
    if (noun === undefined || NAMING.has(`${noun}.${field.name}`)) return resolve;
    return (source, args, context, info) => {
      const { told, rights } = contextOf(context);
      const id = isObject(source) ? String(source.id) : '';
      const mayRead = noun === 'Partner' ? told.mayReadPartner(id, field.name) : told.mayReadFact(id);
      if (mayRead) return resolve(source, args, context, info);
      throw forbidden(`The role ${rights.role} may read ${nameOf(field)} only where this operation sent it.`);
    };
  }

  /** The names of the type that has the field, and of that type's interfaces. */
  #ownersOf({ parentType }: PothosOutputFieldConfig<Types>): readonly string[] {
    const type = this.buildCache.getTypeConfig(parentType);
    const interfaces = 'interfaces' in type ? type.interfaces : [];
    return [parentType, ...interfaces.map((each) => this.buildCache.getTypeConfig(each).name)];
  }

  #typeNameOf(type: PothosOutputFieldType<Types>): string {
    return type.kind === 'List' ? this.#typeNameOf(type.type) : this.buildCache.getTypeConfig(type.ref).name;
  }
}

function nameOf({ parentType, name }: { readonly parentType: string; readonly name: string }): string {
  return `${parentType}.${name}`;
}

function refuseOthers<Given extends object>(
  resolve: GraphQLFieldResolver<unknown, Given, object>,
  roles: readonly Role[],
): GraphQLFieldResolver<unknown, Given, object> {
  return (source, args, context, info) => {
    const { role } = contextOf(context).rights;
    return roles.includes(role)
      ? resolve(source, args, context, info)
      : { refused: 'NOT_ALLOWED', message: `The role ${role} may not use ${info.fieldName}.` };
  };
}

SchemaBuilder.registerPlugin('rights', RightsPlugin);
