import { existsSync } from 'node:fs'

/** The headless shell takes half of the processor time. */
const CHROMIUMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

/** The services that suites need beyond Node: name, the variable that enables the suites, and its value. */
const SERVICES = [
  [
    'PostgreSQL',
    'TEST_POSTGRES_URL',
    'postgres://user@host:port/database of a server, 15 or later, on which tests may create databases',
  ],
  ['Redis', 'TEST_REDIS_URL', 'redis://host:port of a server with maxmemory-policy noeviction'],
  [
    'S3',
    'TEST_S3_ENDPOINT',
    'http://host:port, with TEST_S3_ACCESS_KEY, TEST_S3_SECRET_KEY and TEST_S3_BUCKET',
  ],
  [
    'Browser',
    'TEST_CHROMIUM',
    `the path of a Chromium, or install one as ${CHROMIUMS[0]} (Debian: apt-get install chromium-headless-shell)`,
  ],
  ['Python client', 'TEST_PYTHON', 'the path of a Python with the packages of .ci/python.txt'],
  ['Oldest mlflow', 'TEST_PYTHON_OLD', 'the path of a Python with the packages of .ci/python-old.txt'],
  [
    'Java client',
    'TEST_JAVA_CLASSPATH',
    'FOLDER/* with the jars of acceptance/java/pom.xml, where a JDK is on the PATH',
  ],
  ['SDK against mlflow', 'TEST_MLFLOW_URL', 'http://host:port of an `mlflow server`'],
  ['SDK against Cairn', 'TEST_CAIRN_URL', 'http://host:port of a server started with `npx cairn up`'],
]

/** The environment of the suites. An empty variable counts as unset. */
export function suiteEnvironment(env = process.env) {
  const chromium = env.TEST_CHROMIUM || CHROMIUMS.find((path) => existsSync(path))
  return { ...env, ...(chromium && { TEST_CHROMIUM: chromium }) }
}

/** One line for each kind of suite that is skipped, with the variable that enables it. */
export const skippedSuites = (env) =>
  SERVICES.filter(([, variable]) => !env[variable]).map(
    ([name, variable, value]) => `- ${name} suites skipped: set ${variable} to ${value}`,
  )
