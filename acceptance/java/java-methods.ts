import { inspectJava } from '../harness/java.js'

/**
 * The public methods of classes of MLflow's Java client, as `org/mlflow/Class.method:(types)type`; a constructor is called
 * `"<init>"`. A test compares them with the calls of the programs in this folder.
 */
export async function publicMethods(classes: string, names: readonly string[]): Promise<string[]> {
  const said = await inspectJava(classes, ['-public', '-s', ...names])
  return said.split(/^}$/m).flatMap((text) => {
    const name = /(?:class|interface) ([\w.]+)/.exec(text)?.[1] ?? ''
    return [...text.matchAll(/([\w.]+)\([^)]*\).*;\n +descriptor: (\S+)/g)].map(
      ([, method, types]) => `${name.replaceAll('.', '/')}.${method === name ? '"<init>"' : method}:${types}`,
    )
  })
}

/** The methods of MLflow's Java client that compiled classes call, in the same form. */
export async function calledMethods(classes: string, names: readonly string[]): Promise<Set<string>> {
  const said = await inspectJava(classes, ['-private', '-c', ...names])
  return new Set([...said.matchAll(/Method (org\/mlflow\/\S+)/g)].map(([, method]) => method!))
}
