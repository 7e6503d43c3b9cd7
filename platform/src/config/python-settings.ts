import Type from 'typebox'
import { env } from './env.js'

/** Settings of models that only Python can load (ADR 29). */
export const PYTHON_SETTINGS = {
  python_models: env(
    Type.String({
      default: '',
      description:
        'Serves models that only Python can load, such as sklearn and pyfunc, each in its own process. `on` restores the environment that the model declares, with `uv` or `venv`; the path of a Python with mlflow uses that environment for all. Loading such a model executes code of its author, with the rights of `python_user`. Such models are refused when empty.',
    }),
    'CAIRN_PYTHON_MODELS',
  ),
  python_user: env(
    Type.String({
      default: 'nobody',
      description:
        'Name or number of the user that runs Python models if this server runs as root. Otherwise they run as the user of the server.',
    }),
    'CAIRN_PYTHON_USER',
  ),
  python_memory: env(
    Type.Integer({
      default: 8192,
      minimum: 0,
      description: 'Limit of the address space of a Python model in MB; 0 for none.',
    }),
    'CAIRN_PYTHON_MEMORY',
  ),
}
