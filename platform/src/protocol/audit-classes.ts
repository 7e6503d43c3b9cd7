/**
 * How the requests of an operation are recorded (ADR 36). Refusals of every operation are counted.
 * - `committed`: governing, destructive and administrative writes, and sign-ins. One row each, durable before the response.
 * - `counted`: frequent writes, and reads of governed data. One row for equal requests of a minute, written within a second.
 * - `refusals`: other reads, of which only refusals are recorded.
 */
export type AuditClass = 'committed' | 'counted' | 'refusals'

/** The field that holds the object of an operation, used if no decision names one: `input.` or `output.`, then a path of fields. */
export interface SubjectSource {
  readonly type: string
  readonly id?: string
  /** The fields of the name. Several are joined by dots. */
  readonly name?: readonly string[]
}

export interface AuditedOperation {
  readonly service: string
  readonly action: string
  readonly class: AuditClass
  readonly subject?: SubjectSource
  /** True if its input has secrets in fields that name something in other operations. */
  readonly namesNothing?: boolean
  /** Fields of its input that name something, but not in other operations. */
  readonly alsoNames?: readonly string[]
  /** The authentication of a route that has its own. */
  readonly authentication?: string
  /** The number of segments at the end of the path by which requests are counted. */
  readonly pathSegments?: number
  /** The action of requests with a parameter in their query, by its name. */
  readonly byQuery?: Readonly<Record<string, string>>
}

const scim = ['User', 'Group', 'ServicePrincipal']
  .flatMap((type) => ['create', 'patch', 'update', 'delete'].map((verb) => `${verb}${type}`))
  .join(' ')

const permissions = (noun: string) =>
  ['create', 'update', 'delete'].map((verb) => `${verb}Mlflow${noun}Permission`).join(' ')
/** The operations that are always refused. */
const noPermissions = ['Scorer', 'GatewaySecret', 'GatewayEndpoint', 'GatewayModelDefinition']
  .map((noun) => `${permissions(noun)} getMlflow${noun}Permission`)
  .join(' ')

/** The class of each operation, by Databricks' name of its service. Each id occurs once; a test compares it with the routes. */
const CLASSES: Readonly<Record<string, Readonly<Partial<Record<AuditClass, string>>>>> = {
  accounts: {
    committed: `signIn signOut changePassword endSession endSessionsOf createInvite deleteInvite acceptInvite
      createPasswordReset createToken deleteToken rotateToken createOboToken deleteManagedToken ${scim}
      createMlflowUser updateMlflowPassword updateMlflowAdmin deleteMlflowUser createMlflowRole updateMlflowRole
      deleteMlflowRole addMlflowRolePermission updateMlflowRolePermission removeMlflowRolePermission assignMlflowRole
      unassignMlflowRole grantMlflowPermission revokeMlflowPermission importUser importRole`,
    counted: 'listAudit exportAudit',
    refusals: `getSignInOptions getAccount listSessions listInvites lookUpInvite listTokens listManagedTokens getManagedToken me
      listUsers getUser listGroups getGroup listServicePrincipals getServicePrincipal
      getServiceProviderConfig listScimResourceTypes listScimSchemas getDatabricksConfig
      getMlflowUser listMlflowUsers getCurrentMlflowUser getMlflowPermission listMlflowPermissions
      listCurrentMlflowPermissions getMlflowRole listMlflowRoles listMlflowRolePermissions listMlflowRoleUsers
      listMlflowUserRoles ${noPermissions}`,
  },
  unityCatalog: {
    committed: `createCatalog updateCatalog deleteCatalog createSchema updateSchema deleteSchema createStagingTable
      createTable createTableFromCsv updateTable deleteTable createVolume updateVolume deleteVolume updatePermissions
      setOwner setUpTeams requestAccess approveAccessRequest declineAccessRequest withdrawAccessRequest
      generateTemporaryTableCredentials generateTemporaryVolumeCredentials generateTemporaryPathCredentials`,
    counted: `markAlertsRead reviewObjectAccess reviewPrincipalAccess exportObjectReview exportPrincipalReview getTable getVolume
      readTableRows`,
    refusals: `listCatalogs getCatalog getMetastoreSummary getCurrentMetastoreAssignment listSchemas getSchema listTables
      listTableSummaries tableExists listVolumes getPermissions getEffectivePermissions explain
      findPrincipals listAccessRequests planTeams listAlerts`,
  },
  mlflowExperiment: {
    committed: `createExperiment updateExperiment deleteExperiment restoreExperiment deleteRun restoreRun deleteRuns
      restoreRuns purgeRuns moveRuns
      deleteLoggedModel deleteTraces deleteTracesV2 deleteAssessment deleteEvaluationDataset deleteEvaluationRecords
      removeEvaluationExperiments deleteScorer createExperimentAlertRule updateExperimentAlertRule
      deleteExperimentAlertRule updateExperimentPermissions setExperimentPermissions collectGarbage
      ${permissions('Experiment')}`,
    counted: `createRun updateRun endRunsOfTokens logMetric logParam logBatch logInputs logOutputs logModel setTag deleteTag
      setExperimentTag deleteExperimentTag createLoggedModel finalizeLoggedModel logLoggedModelParams setLoggedModelTags
      deleteLoggedModelTag noteLoggedModelVersion startTrace startTraceV2 endTraceV2 setTraceTag setTraceTagV2
      deleteTraceTag deleteTraceTagV2 linkTracesToRun linkPromptsToTrace createAssessment updateAssessment
      createEvaluationDataset addEvaluationExperiments putEvaluationRecords setEvaluationDatasetTags
      deleteEvaluationDatasetTag registerScorer createIssue updateIssue createPromptlabRun presignedUploadUrl
      presignedDownloadUrl keepFiles importExperiment importRun importLoggedModel importTrace
      createRunView updateRunView deleteRunView createTeamRunView updateTeamRunView deleteTeamRunView createRunComment updateRunComment deleteRunComment
      getRun searchRuns batchGetRuns compareRuns countRuns groupRuns listRunKeys listRunValues searchLoggedModels searchTraces searchTracesV2 getTrace batchGetTraces listSpans getSpan getMetricHistory
      getMetricHistoryBulk getMetricHistoryBulkInterval getMetricBuckets queryMetricBuckets queryPackedMetricBuckets listEvaluationRecords graphql graphqlByQuery`,
    refusals: `getExperiment getExperimentByName listExperiments searchExperiments queryExperiments searchDatasets
      getLoggedModel listLoggedModelArtifacts listArtifacts listProxiedArtifacts getTraceInfo getTraceInfoV2
      batchGetTraceInfos queryTraceMetrics calculateTraceFilterCorrelation getAssessment getEvaluationDataset
      searchEvaluationDatasets queryEvaluationDatasets listEvaluationExperiments getScorer listScorers
      listScorerVersions listOnlineScoringConfigs getIssue searchIssues digestRuns digestTraces getServerInfo
      getExperimentPermissions getExperimentPermissionLevels getMlflowExperimentPermission
      listRunViews listRunComments listMentions listExperimentAlertRules readEvents`,
  },
  mlflowModelRegistry: {
    committed: `createRegisteredModel renameRegisteredModel updateUnityCatalogModel deleteRegisteredModel createModelVersion deleteModelVersion
      transitionModelVersionStage transitionWorkspaceModelVersion setRegisteredModelAlias deleteRegisteredModelAlias promoteModelVersion createWebhook
      updateWebhook deleteWebhook testWebhook updateRegisteredModelPermissions setRegisteredModelPermissions
      ${permissions('Model')}`,
    counted: `updateRegisteredModel setRegisteredModelTag deleteRegisteredModelTag updateModelVersion
      setModelVersionTag deleteModelVersionTag importRegisteredModel getModelVersionDownloadUri
      finalizeUnityCatalogVersion`,
    refusals: `getRegisteredModel getWorkspaceModel listWorkspaceModels searchRegisteredModels getLatestVersions getLatestVersionsByQuery
      getModelVersionByAlias getModelVersion searchModelVersions listVersionLocations evaluateGate listPromotions
      listAliasMoves getWebhook listWebhooks listWebhookDeliveries getRegisteredModelPermissions getRegisteredModelPermissionLevels
      getMlflowModelPermission emitModelVersionLineage getModelFilesClient`,
  },
  serverlessRealTimeInference: {
    committed: `createServingEndpoint deleteServingEndpoint updateServingEndpointConfig patchServingEndpointTags
      patchEndpointSystemMetricsExport patchEndpointTelemetryConfig updateServingEndpointPermissions setServingEndpointPermissions
      rollBackServingEndpoint putEndpointAiGateway putEndpointRateLimits updateEndpointNotifications collectModelCache`,
    counted: `queryServingEndpoint queryServedEntity infer inferOfVersion postEndpointFeedback recommendMovies`,
    refusals: `listServingEndpoints getServingEndpoint getServingEndpointMetrics getServingEndpointOpenApi
      getServingEndpointPermissions getServingEndpointPermissionLevels listEndpointDeployments compareEndpointDeployments
      getServedModelLogs getServedModelBuildLogs getEndpointDrift getEndpointFeedbackSummary getShadowStatistics
      inferenceServerLive inferenceServerReady inferenceServerMetadata inferenceRepositoryIndex
      inferenceModelMetadata inferenceModelMetadataOfVersion inferenceModelReady inferenceModelReadyOfVersion
      listMovieTitles`,
  },
  secrets: {
    committed: `createSecretScope deleteSecretScope putSecret getSecret deleteSecret putSecretAcl deleteSecretAcl
      rotateSecretsKey`,
    refusals: 'listSecretScopes listSecrets getSecretAcl listSecretAcls',
  },
  workspace: {
    committed: `createReport updateReport deleteReport deleteWorkspaceObject updateDirectoryPermissions setDirectoryPermissions updateNotebookPermissions
      setNotebookPermissions updateFilePermissions setFilePermissions`,
    counted: 'mkdirs importWorkspaceObject exportWorkspaceObject',
    refusals: `search listReports getReport listReportVersions listWorkspaceObjects getWorkspaceStatus getDirectoryPermissions getDirectoryPermissionLevels
      getNotebookPermissions getNotebookPermissionLevels getFilePermissions getFilePermissionLevels`,
  },
  jobs: {
    committed: `createJob resetJob updateJob deleteJob runNow submitRun cancelJobRun cancelAllJobRuns repairJobRun
      deleteJobRun createJobAlertRule updateJobAlertRule deleteJobAlertRule updateJobPermissions setJobPermissions createNotificationDestination
      updateNotificationDestination deleteNotificationDestination
      updateNotificationDestinationPermissions setNotificationDestinationPermissions registerWorker removeWorker
      collectTaskCache`,
    counted: `setTaskValue finishAttempt readAttemptFile`,
    refusals: `listTaskValues listWorkers claimAttempt renewAttempts reportAttempt getJob listJobs listJobSummaries
      getJobGrid previewSchedule getJobRun listJobRuns getJobRunOutput getJobRunProgress getTaskLogs exportJobRun
      listJobAlertRules getJobPermissions getJobPermissionLevels getNotificationDestination listNotificationDestinations
      getNotificationDestinationPermissions getNotificationDestinationPermissionLevels`,
  },
  databrickssql: {
    counted: `executeStatement cancelStatement`,
    refusals: `getStatement getStatementChunk listWarehouses getWarehouse`,
  },
}

/** The audit class, name and options of a route without an operation. They hold for its second path under `/ajax-api/` too. */
type RouteClass = readonly [AuditClass, string, Partial<AuditedOperation>?]

const WHOLE_PATH = { pathSegments: 100, authentication: 's3_keys' }

const ROUTES: Readonly<Record<string, Readonly<Record<string, RouteClass>>>> = {
  accounts: {
    'GET /api/cairn/v1/sso/callback': ['committed', 'signInWithSso', { authentication: 'sso' }],
    'GET /api/cairn/v1/sso/start': ['refusals', 'startSso'],
    'GET /metrics': ['refusals', 'getMetrics'],
  },
  unityCatalog: {
    'GET /api/cairn/v1/s3/:bucket': ['counted', 's3ListObjects', WHOLE_PATH],
    'HEAD /api/cairn/v1/s3/:bucket/*': ['counted', 's3HeadObject', WHOLE_PATH],
    'GET /api/cairn/v1/s3/:bucket/*': ['counted', 's3GetObject', WHOLE_PATH],
    'PUT /api/cairn/v1/s3/:bucket/*': [
      ...(['counted', 's3PutObject'] as const),
      { ...WHOLE_PATH, byQuery: { uploadId: 's3UploadPart' } },
    ],
    'POST /api/cairn/v1/s3/:bucket/*': [
      ...(['counted', 's3PostObject'] as const),
      {
        ...WHOLE_PATH,
        byQuery: { uploads: 's3CreateMultipartUpload', uploadId: 's3CompleteMultipartUpload' },
      },
    ],
    'DELETE /api/cairn/v1/s3/:bucket/*': [
      ...(['counted', 's3DeleteObject'] as const),
      { ...WHOLE_PATH, byQuery: { uploadId: 's3AbortMultipartUpload' } },
    ],
  },
  filesystem: {
    'GET /api/2.0/fs/files/*': ['counted', 'filesGet', { pathSegments: 100 }],
    'HEAD /api/2.0/fs/files/*': ['counted', 'filesHead', { pathSegments: 100 }],
    'PUT /api/2.0/fs/files/*': ['counted', 'filesPut', { pathSegments: 100 }],
    'DELETE /api/2.0/fs/files/*': ['committed', 'filesDelete', { pathSegments: 100 }],
    'GET /api/2.0/fs/files/Models/*': ['counted', 'modelFilesGet', { pathSegments: 100 }],
    'HEAD /api/2.0/fs/files/Models/*': ['counted', 'modelFilesHead', { pathSegments: 100 }],
    'PUT /api/2.0/fs/files/Models/*': ['counted', 'modelFilesPut', { pathSegments: 100 }],
    'GET /api/2.0/fs/directories/Models/*': ['counted', 'modelDirectoriesGet', { pathSegments: 100 }],
    'HEAD /api/2.0/fs/directories/Models/*': ['counted', 'modelDirectoriesHead', { pathSegments: 100 }],
    'GET /api/2.0/fs/directories/*': ['counted', 'directoriesGet', { pathSegments: 100 }],
    'HEAD /api/2.0/fs/directories/*': ['counted', 'directoriesHead', { pathSegments: 100 }],
    'PUT /api/2.0/fs/directories/*': ['counted', 'directoriesPut', { pathSegments: 100 }],
    'DELETE /api/2.0/fs/directories/*': ['committed', 'directoriesDelete', { pathSegments: 100 }],
  },
  mlflowExperiment: {
    'GET /api/2.0/mlflow-artifacts/artifacts/*': ['counted', 'downloadArtifact'],
    'PUT /api/2.0/mlflow-artifacts/artifacts/*': ['counted', 'uploadArtifact'],
    'DELETE /api/2.0/mlflow-artifacts/artifacts/*': ['committed', 'deleteArtifact'],
    'POST /api/2.0/mlflow-artifacts/mpu/create/*': ['counted', 'createMultipartUpload'],
    'POST /api/2.0/mlflow-artifacts/mpu/complete/*': ['counted', 'completeMultipartUpload'],
    'POST /api/2.0/mlflow-artifacts/mpu/abort/*': ['counted', 'abortMultipartUpload'],
    'PUT /api/2.0/mlflow-artifacts/mpu/parts/:upload_id/:number': ['counted', 'uploadPart'],
    'GET /api/2.0/mlflow-artifacts/presigned/*': ['counted', 'presignArtifact'],
    'GET /api/2.0/mlflow-artifacts/tickets/:ticket/*': ['counted', 'downloadWithTicket', { pathSegments: 1 }],
    'GET /api/2.0/mlflow/logged-models/:model_id/artifacts/files': ['counted', 'downloadModelFile'],
    'GET /get-artifact': ['counted', 'downloadRunArtifact'],
    'GET /embed-artifact': ['counted', 'viewArtifact'],
    'POST /api/2.0/mlflow/upload-artifact': ['counted', 'uploadRunArtifact'],
    'GET /api/2.0/mlflow/get-trace-artifact': ['counted', 'downloadTraceArtifact'],
    'GET /api/3.0/mlflow/get-trace-artifact': ['counted', 'downloadTraceArtifact'],
    'POST /v1/traces': ['counted', 'exportSpans'],
    'GET /api/2.0/mlflow/gateway-proxy': ['refusals', 'listGatewayEndpoints'],
    'POST /api/2.0/mlflow/gateway-proxy': ['counted', 'queryGatewayEndpoint'],
    'PUT /api/cairn/v1/import/runs/:id/artifacts/*': ['counted', 'importRunArtifact'],
    'PUT /api/cairn/v1/import/logged-models/:id/artifacts/*': ['counted', 'importModelFile'],
  },
  workspace: {
    'POST /api/2.0/workspace-files/import-file/*': ['counted', 'importWorkspaceFile'],
  },
  mlflowModelRegistry: {
    'GET /model-versions/get-artifact': ['counted', 'downloadVersionArtifact'],
  },
}

const created = (type: string, id: string): SubjectSource => ({ type, id: `output.${id}` })
const named = (type: string, id: string): SubjectSource => ({ type, id: `input.${id}` })
const FULL_NAME = ['output.catalog_name', 'output.schema_name', 'output.name']

const SUBJECTS: Readonly<Record<string, SubjectSource>> = {
  createCatalog: { ...created('catalog', 'id'), name: ['output.name'] },
  createSchema: { ...created('schema', 'schema_id'), name: ['output.full_name'] },
  createTable: { ...created('table', 'table_id'), name: FULL_NAME },
  createTableFromCsv: { ...created('table', 'table_id'), name: FULL_NAME },
  createVolume: { ...created('volume', 'volume_id'), name: FULL_NAME },
  createExperiment: { ...created('experiment', 'experiment_id'), name: ['input.name'] },
  createRegisteredModel: { type: 'registered_model', name: ['output.registered_model.name'] },
  createNotificationDestination: {
    ...created('notification_destination', 'id'),
    name: ['input.display_name'],
  },
  createJob: { ...created('job', 'job_id'), name: ['input.name'] },
  submitRun: { ...created('job', 'run_id'), name: ['input.run_name'] },
  createServingEndpoint: { ...created('serving_endpoint', 'id'), name: ['output.name'] },
  createSecretScope: { type: 'secret_scope', name: ['input.scope'] },
  createReport: { ...created('report', 'report.report_id'), name: ['output.report.title'] },
  updateReport: named('report', 'report_id'),
  deleteReport: named('report', 'report_id'),
  createToken: created('token', 'token_info.token_id'),
  createOboToken: created('token', 'token_info.token_id'),
  rotateToken: created('token', 'token_info.token_id'),
  deleteToken: named('token', 'token_id'),
  deleteManagedToken: named('token', 'token_id'),
  createInvite: created('invite', 'id'),
  deleteInvite: named('invite', 'id'),
  createPasswordReset: named('user', 'id'),
  endSession: named('session', 'id'),
  endSessionsOf: named('user', 'id'),
  requestAccess: created('access_request', 'id'),
  approveAccessRequest: named('access_request', 'id'),
  declineAccessRequest: named('access_request', 'id'),
  withdrawAccessRequest: named('access_request', 'id'),
  createWebhook: { ...created('webhook', 'webhook.webhook_id'), name: ['output.webhook.name'] },
  updateWebhook: named('webhook', 'webhook_id'),
  deleteWebhook: named('webhook', 'webhook_id'),
  testWebhook: named('webhook', 'webhook_id'),
}

const NAMES_NOTHING = new Set([
  'signIn',
  'acceptInvite',
  'lookUpInvite',
  'changePassword',
  'updateMlflowPassword',
  'graphql',
  'graphqlByQuery',
])

const NAMED_BY_KEY = new Set(['putSecret', 'getSecret', 'deleteSecret'])

const OPERATIONS = new Map<string, AuditedOperation>()
for (const [service, classes] of Object.entries(CLASSES))
  for (const [name, ids] of Object.entries(classes))
    for (const action of ids.trim().split(/\s+/)) {
      if (OPERATIONS.has(action)) throw new Error(`The operation ${action} has two audit classes.`)
      const subject = SUBJECTS[action]
      OPERATIONS.set(action, {
        ...{ service, action, class: name as AuditClass, namesNothing: NAMES_NOTHING.has(action) },
        ...(subject && { subject }),
        ...(NAMED_BY_KEY.has(action) && { alsoNames: ['key'] }),
      })
    }

const BY_ROUTE = new Map<string, AuditedOperation>()
for (const [service, routes] of Object.entries(ROUTES))
  for (const [route, [name, action, more]] of Object.entries(routes))
    BY_ROUTE.set(route, { ...{ service, action, class: name }, ...more })

/** Returns how a route that is not an operation is recorded; undefined if it is not. */
export function auditedRoute(method: string, url: string): AuditedOperation | undefined {
  const path = url.replace(/^\/ajax-api\//, '/api/')
  return BY_ROUTE.get(`${method} ${path}`) ?? (method === 'HEAD' ? BY_ROUTE.get(`GET ${path}`) : undefined)
}

/** Matches ids of operations under a second path, which are recorded under the name of the first. */
const SECOND_PATH = /(20|21|UnityControl)$/

/** Returns how an operation is recorded; undefined for an id without a class, which a test rejects. */
export const auditedOperation = (id: string): AuditedOperation | undefined =>
  OPERATIONS.get(id) ?? OPERATIONS.get(id.replace(SECOND_PATH, ''))

/** Returns the names of the operations and routes of a class. */
export const auditedAs = (name: AuditClass): ReadonlySet<string> =>
  new Set(
    [...OPERATIONS.values(), ...BY_ROUTE.values()]
      .filter((one) => one.class === name)
      .map(({ action }) => action),
  )
