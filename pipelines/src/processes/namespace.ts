import { existsSync, realpathSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import { childEnvironment } from '@cairn/platform/processes/environment'
import type { Wrap } from '@cairn/platform/processes/launch'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'

/** Folders that every process of the machine may write to. */
const SHARED_FOLDERS = ['/tmp', '/var/tmp']
const SHARED_MEMORY = '/dev/shm'
/** `sh` has one digit for a descriptor, and 3 is the pipe of the server. */
const FIRST_DESCRIPTOR = 4
const LAST_DESCRIPTOR = 9

export interface NamespaceOptions {
  /** The folder of the attempt, in which `tmp` takes the place of `/tmp`. */
  readonly home: string
  /** Folders that appear empty. */
  readonly hidden: readonly string[]
  /** Folders that the task needs; they are visible even below a hidden folder. */
  readonly shown: readonly string[]
}

const self = (): UnprivilegedUser => ({ uid: process.getuid!(), gid: process.getgid!() })

/**
 * Starts a process in its own mount namespace with private temporary folders and hidden folders; without root, in a user
 * namespace too. The mounts do not see variables of the task: `LD_PRELOAD`, for example, would run its code as root.
 *
 * @param starter the user of this process
 */
export const inNamespace =
  (options: NamespaceOptions, starter = self()): Wrap =>
  ({ argv, env, user }) => {
    const { uid, gid } = user ?? starter
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    const drop = user
      ? `setpriv --reuid ${uid} --regid ${gid} --clear-groups --inh-caps=-all --no-new-privs`
      : `unshare --user --map-user=${uid} --map-group=${gid} setpriv --no-new-privs`
    const script = [
      ...mounts(options, user ? uid : 0),
      ...(user ? [PRIVATE_PROC] : []),
      `exec ${drop} "$@"`,
    ].join('\n')
    const enter = ['--mount', '--propagation', 'private', ...(user ? [] : ['--user', '--map-root-user'])]
    return {
      argv: [
        ...['unshare', ...enter, '/bin/sh', '-ec', script, 'cairn-task'],
        ...['/bin/sh', '-c', unpack(variables.length), 'cairn-task', ...argv],
      ],
      env: {
        PATH: childEnvironment('/').PATH!,
        ...Object.fromEntries(variables.map((text, at) => [`CAIRN_VARIABLE_${at}`, text])),
      },
      user: undefined,
    }
  }

/** Before Linux 5.8 all mounts of `/proc` have the options of the first, and a container that masks it rejects another one. */
const PRIVATE_PROC = 'mount -n -t proc -o hidepid=2,nosuid,nodev,noexec proc /proc 2>/dev/null || true'

/**
 * Restores the variables of the task. The shell keeps no state in variables, because the task may set any; `command` lets it
 * continue after one that it rejects, such as an invalid number.
 */
const unpack = (count: number) =>
  [
    ...Array.from(
      { length: count },
      (_, at) => `command export "$CAIRN_VARIABLE_${at}"; unset CAIRN_VARIABLE_${at}`,
    ),
    'exec "$@"',
  ].join('\n')

function mounts({ home, hidden, shown }: NamespaceOptions, owner: number): string[] {
  const shared = SHARED_FOLDERS.filter(existsSync)
  const covered = outermost(hidden.filter(existsSync).filter((path) => !isBelow(path, shared)))
  const needed = outermost(shown.filter(existsSync)).filter((path) => isBelow(path, [...shared, ...covered]))
  const kept = [home, ...needed].slice(0, LAST_DESCRIPTOR - FIRST_DESCRIPTOR + 1)
  const open = (at: number) => FIRST_DESCRIPTOR + at
  const [temporary, ...others] = shared
  // A descriptor still leads to a folder when another mount covers its path.
  return [
    ...kept.map((path, at) => `exec ${open(at)}<${quoted(path)}`),
    `mount -n -c --bind /proc/self/fd/${open(0)}/tmp ${temporary}`,
    // A link in its place would lead to folders that the user may not enter.
    `[ "$(stat -c %u ${temporary})" = ${owner} ] || exit 126`,
    ...others.map((path) => `mount -n -c --bind ${temporary} ${quoted(path)}`),
    ...(existsSync(SHARED_MEMORY)
      ? [`mount -n -t tmpfs -o mode=1777,nosuid,nodev tmpfs ${SHARED_MEMORY}`]
      : []),
    ...covered.map((path) => `mount -n -t tmpfs -o mode=0711,size=64k,nosuid,nodev tmpfs ${quoted(path)}`),
    ...kept.flatMap((path, at) => [
      `(umask 066; mkdir -p ${quoted(path)})`, // the task traverses the folders above it
      `mount -n -c --bind /proc/self/fd/${open(at)} ${quoted(path)}`,
      `exec ${open(at)}<&-`,
    ]),
  ]
}

/** The folders of an interpreter and of the one that its environment refers to. */
export const foldersOf = (interpreter: string): string[] =>
  existsSync(interpreter)
    ? [interpreter, realpathSync(interpreter)].map((path) => dirname(dirname(path)))
    : []

const isBelow = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep))

const outermost = (paths: readonly string[]) => [...new Set(paths)].filter((path) => !isBelow(path, paths))

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
