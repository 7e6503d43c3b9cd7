/** A server is one workspace. databricks-sdk reads its number from a header and from the assignment of the metastore. */
export const WORKSPACE_ID = 1
