import type { Client } from '@cairn/platform/protocol/client'
import { ListArtifacts } from '@cairn/platform/protocol/mlflow/artifacts'
import { GetExperiment, SearchDatasets } from '@cairn/platform/protocol/mlflow/experiments'
import { GetMetricHistoryBulkInterval } from '@cairn/platform/protocol/mlflow/metrics'
import { SearchModelVersions } from '@cairn/platform/protocol/mlflow/model-versions'
import { GetRun, type Run, SearchRuns } from '@cairn/platform/protocol/mlflow/runs'
import type { Input, Operation } from '@cairn/platform/protocol/operation'
import type { GraphQLFieldResolver } from 'graphql'
import type { RunLoader } from './run-loader.js'
import { toInput } from './schema.js'

/** Shared by the resolvers of one request. */
export interface ResolverContext {
  /** Calls operations as the caller of the request. */
  readonly call: Client
  readonly loader: RunLoader
}
type Resolver = GraphQLFieldResolver<unknown, ResolverContext>

const callOperation =
  (op: Operation): Resolver =>
  (_source, { input }, { call }) =>
    call(op, toInput(input) as Input<typeof op>)

const echo: Resolver = (_source, { inputString }) => ({ output: inputString })

/** Resolvers of fields that are not plain members of their parent object, by type. */
export const RESOLVERS: Readonly<Record<string, Readonly<Record<string, Resolver>>>> = {
  Query: {
    mlflowGetExperiment: callOperation(GetExperiment),
    mlflowGetMetricHistoryBulkInterval: callOperation(GetMetricHistoryBulkInterval),
    mlflowGetRun: callOperation(GetRun),
    mlflowListArtifacts: callOperation(ListArtifacts),
    mlflowSearchModelVersions: callOperation(SearchModelVersions),
    mlflowSearchRuns: callOperation(SearchRuns),
    test: echo,
  },
  Mutation: {
    mlflowSearchDatasets: callOperation(SearchDatasets),
    mlflowSearchRuns: callOperation(SearchRuns),
    testMutation: echo,
  },
  MlflowRunExtension: {
    experiment: (run, _args, { loader }) => loader.experiment((run as Run).info.experiment_id),
    modelVersions: (run, _args, { loader }) => loader.modelVersions((run as Run).info.run_id),
  },
}
