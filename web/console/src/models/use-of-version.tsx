import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { serverUrl } from '../app/server-url.js'
import { mayCreateEndpointQuery } from '../endpoints/may-create-endpoint-query.js'
import { CodeBlock } from '../ui/copy.js'
import { Segments } from '../ui/segments.js'
import { modelFileQuery } from './queries.js'

const WAYS = ['python', 'cli'] as const
type Way = (typeof WAYS)[number]

interface UseOfVersionProps {
  readonly name: string
  readonly version: string
  /** An alias of the version, which the code names instead of the number. */
  readonly alias: string | undefined
}

/** Code that loads a version, if MLflow can load it in Python, or serves it, and a link that serves it at an endpoint. */
export function UseOfVersion({ name, version, alias }: UseOfVersionProps) {
  const { t } = useTranslation()
  const heading = useId()
  const mayCreate = useQuery(mayCreateEndpointQuery)
  const file = useQuery(modelFileQuery(name, version))
  const [chosen, setChosen] = useState<Way>('python')
  const loadsInPython = file.data?.flavors.some((flavor) => flavor.name === 'python_function')
  const way = loadsInPython ? chosen : 'cli'
  const uri = `models:/${name}${alias === undefined ? `/${version}` : `@${alias}`}`
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('models.use')}</h2>
        {mayCreate.data === true && (
          <Link
            to="/endpoints"
            search={{ create: 'true', model: name, version: alias === undefined ? version : `@${alias}` }}
            className="button small"
          >
            {t('endpoint.create')}
          </Link>
        )}
      </header>
      <div className="body stack">
        {loadsInPython && (
          <div>
            <Segments
              label={t('models.use')}
              value={way}
              options={WAYS.map((value) => ({ value, label: t(`models.useWith.${value}`) }))}
              onChange={setChosen}
            />
          </div>
        )}
        <CodeBlock code={way === 'python' ? python(uri) : shell(uri)} />
      </div>
    </section>
  )
}

const python = (uri: string) => `import mlflow

mlflow.set_tracking_uri(${JSON.stringify(serverUrl())})
model = mlflow.pyfunc.load_model(${JSON.stringify(uri)})
model.predict(data)`

const shell = (uri: string) => `cairn models serve -m ${quoted(uri)} -p 5001`

/** As one word of a shell. */
const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
