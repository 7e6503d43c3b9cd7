/** This process's environment, without variables that configure servers or clients, plus `extra`. */
export function environment(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(CAIRN|MLFLOW|DATABRICKS|AWS|NODE_OPTIONS|VITEST)/.test(entry[0]),
  )
  return { ...Object.fromEntries(inherited), ...extra }
}
