// The graphql that tiergraph itself uses, for tests of peers that bring another.
export { print as printDocument } from 'graphql';
