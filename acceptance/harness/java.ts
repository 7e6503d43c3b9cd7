import { readdir } from 'node:fs/promises'
import { delimiter } from 'node:path'
import { preloadedCommand } from './preloaded-python.js'
import { python } from './python.js'
import { type ProcessOptions, runProcess } from './run-process.js'

/** The class path with the jars of `acceptance/java/pom.xml`. Setting it implies that a JDK is on the PATH. */
export const classpath = process.env.TEST_JAVA_CLASSPATH || undefined

const QUIET = {
  LC_ALL: 'C.UTF-8', // Java 17 encodes file names in the charset of its locale
  DO_NOT_TRACK: 'true',
  MLFLOW_DISABLE_TELEMETRY: 'true',
}

/**
 * Runs one of the JDK's programs, on the jars and on `classes`, and returns what it printed.
 * @throws with both of its streams when it fails
 */
async function runTool(
  tool: 'java' | 'javac' | 'javap',
  classes: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<string> {
  if (!classpath) throw new Error('TEST_JAVA_CLASSPATH is not set: guard the suite with describe.skipIf')
  const command = ['-cp', [classes, classpath].join(delimiter), ...args]
  const env = {
    ...QUIET,
    ...(python && { MLFLOW_PYTHON_EXECUTABLE: await preloadedCommand(python) }),
    ...options.env,
  }
  const { code, stdout, stderr } = await runProcess(tool, command, { ...options, env })
  if (code !== 0) throw new Error(`${tool} ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  return stdout
}

/** Compiles every program of a folder into `classes`. */
export async function compileJava(folder: string, classes: string): Promise<void> {
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.java'))
  await runTool('javac', classes, ['-encoding', 'UTF-8', '-d', classes, ...sources], { cwd: folder })
}

/** Runs a compiled program. Programs are too short for the JDK's second compiler to pay off. */
export const runJava = (
  [program, ...args]: readonly [string, ...string[]],
  classes: string,
  env: Record<string, string>,
): Promise<string> => runTool('java', classes, ['-XX:TieredStopAtLevel=1', program, ...args], { env })

/** Prints compiled classes with `javap`. */
export const inspectJava = (classes: string, args: readonly string[]): Promise<string> =>
  runTool('javap', classes, args)
