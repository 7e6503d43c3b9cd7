import Type from 'typebox'
import { operation } from '../operation.js'
import { Required } from '../wire.js'

const question = {
  query: Required(),
  operationName: Type.Optional(Type.String()),
}
const output = Type.Object({
  data: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  errors: Type.Union([Type.Array(Type.String()), Type.Null()]),
})

export const Graphql = operation({
  id: 'graphql',
  method: 'POST',
  path: '/graphql',
  summary: "Query MLflow's GraphQL schema; each field requires the right of its operation",
  right: 'authenticated',
  input: Type.Object({
    ...question,
    variables: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
  output,
})

export const GraphqlByQuery = operation({
  id: 'graphqlByQuery',
  method: 'GET',
  path: '/graphql',
  summary: 'Run a GraphQL query without mutations, with the variables as JSON',
  right: 'authenticated',
  input: Type.Object({ ...question, variables: Type.Optional(Type.String()) }),
  output,
})
