import Type from 'typebox'
import { env } from './env.js'

/** Settings of processes that run code of jobs (ADR 41). */
export const TASK_SETTINGS = {
  task_processes: env(
    Type.Union([Type.Literal('auto'), Type.Literal('on'), Type.Literal('workers'), Type.Literal('off')], {
      default: 'auto',
      description:
        'Whether jobs may run the code of their authors (Python, Node, shell, notebooks). `auto`: if this server runs as root, so that each task gets its own user, and for the owner with `auth` `local`. `on`: always; without root, that code has the rights of the user of this server, and can read its data folder. `workers`: on `cairn worker` over HTTP only, with the setting of each worker.',
    }),
    'CAIRN_TASK_PROCESSES',
  ),
  task_users: env(
    Type.String({
      default: '61184-65519',
      pattern: '^\\d+-\\d+$',
      description:
        'Numbers of users for tasks if this server runs as root: each running task gets its own, and so does each installation of packages for a Python model. The first is the group of tasks.',
    }),
    'CAIRN_TASK_USERS',
  ),
  task_namespaces: env(
    Type.Union([Type.Literal('auto'), Type.Literal('on'), Type.Literal('off')], {
      default: 'auto',
      description:
        'Whether each task runs in a mount namespace, with a private `/tmp` and without the data folder and the folders of other tasks. `auto`: if the kernel allows it, to root or by user namespaces; `cairn doctor` reports it. `on`: tasks fail without one.',
    }),
    'CAIRN_TASK_NAMESPACES',
  ),
  worker_token: env(
    Type.String({
      default: '',
      description:
        'A token for `cairn worker` over HTTP that is valid from the first start, with the scope `worker` only, for unattended setups: 32 characters or more.',
    }),
    'CAIRN_WORKER_TOKEN',
  ),
  task_python: env(
    Type.String({
      default: 'python3',
      description: 'The Python that runs tasks without packages, and from which environments are created.',
    }),
    'CAIRN_TASK_PYTHON',
  ),
  task_environments: env(
    Type.String({
      default: '',
      description:
        'Folder of the Python environments of tasks. When empty: `/var/cache/cairn/tasks` if this server runs as root, else `cache/tasks` in the data folder.',
    }),
    'CAIRN_TASK_ENVIRONMENTS',
  ),
  task_memory: env(
    Type.Integer({
      default: 0,
      minimum: 0,
      description:
        'Limit of the address space of each process of a Python or shell task in MB, and of the heap of a Node task; 0 for none.',
    }),
    'CAIRN_TASK_MEMORY',
  ),
}
