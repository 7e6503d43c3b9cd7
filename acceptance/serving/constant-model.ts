import { api, send } from '../harness/api.js'

/** A model that only Python can load: it answers each row with the number in its file `value`. */
const FILES = {
  MLmodel: `flavors:
  python_function:
    loader_module: constant
    code: code
    data: value
`,
  'code/constant.py': `class Constant:
    def __init__(self, value):
        self.value = value

    def predict(self, rows):
        return [self.value] * len(rows)


def _load_pyfunc(path):
    with open(path) as file:
        return Constant(float(file.read()))
`,
}

/** Registers a version of the model `constant`, which Python loads. @returns its version */
export async function registerConstant(url: string, value: number): Promise<string> {
  for (const [name, body] of Object.entries({ ...FILES, value: String(value) })) {
    const path = `/api/2.0/mlflow-artifacts/artifacts/0/constant${value}/${name}`
    const put = await send(url, 'PUT', path, { body })
    if (put.status !== 200) throw new Error(put.text)
  }
  const { model_version } = await api(url).post<{ model_version: { version: string } }>(
    '/api/2.0/mlflow/model-versions/create',
    { name: 'constant', source: `mlflow-artifacts:/0/constant${value}` },
  )
  return model_version.version
}
