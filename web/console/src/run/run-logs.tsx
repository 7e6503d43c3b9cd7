import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getArtifactPart, listArtifacts } from '../api/artifacts.js'
import { queryKeys } from '../api/query-keys.js'
import { pollInterval } from '../app/query-client.js'
import { Loaded } from '../artifacts/file-states.js'
import { TextViewer } from '../artifacts/text-viewer.js'
import { baseName } from '../artifacts/viewer-kind.js'
import type { RunRow } from '../runs/row.js'
import { Empty } from '../ui/states.js'

const FOLDER = 'logs'
const TAIL_BYTES = 200_000
const POLL_MS = 2_000

interface LogsProps {
  readonly row: RunRow
}

/** The ends of the log files that a run has among its artifacts, and a link to the job that started it. */
export function RunLogs({ row }: LogsProps) {
  const { t } = useTranslation()
  const field = useId()
  const [chosen, setChosen] = useState<string>()
  const root = { kind: 'run', id: row.info.run_id } as const
  const live = row.info.status === 'RUNNING'
  const files = useQuery({
    queryKey: queryKeys.artifacts(root, FOLDER),
    queryFn: ({ signal }) => listArtifacts(root, FOLDER, signal),
    select: (files) => files.filter((file) => !file.is_dir),
    refetchInterval: (query) => pollInterval(query, () => (live ? POLL_MS : false)),
  })
  const jobRun = row.tags.get('cairn.job_run_id')
  return (
    <>
      {jobRun && (
        <p>
          <Link to="/jobs/runs/$runId" params={{ runId: jobRun }}>
            {t('runLogs.job', { id: jobRun })}
          </Link>
        </p>
      )}
      <Loaded file={files}>
        {(found) => {
          const path = found.find((file) => file.path === chosen)?.path ?? found[0]?.path
          if (!path)
            return (
              <Empty title={t('runLogs.none')} code={'mlflow.log_artifact("train.log", "logs")'}>
                {t('runLogs.noneHelp')}
              </Empty>
            )
          return (
            <div className="panel">
              {found.length > 1 && (
                <div className="viewer-tools">
                  <label htmlFor={field}>{t('runLogs.file')}</label>
                  <select
                    id={field}
                    className="select"
                    value={path}
                    onChange={(event) => setChosen(event.target.value)}
                  >
                    {found.map((file) => (
                      <option key={file.path} value={file.path}>
                        {baseName(file.path)}
                      </option>
                    ))}
                  </select>
                </div>
              )}
              <Tail key={path} row={row} path={path} live={live} />
            </div>
          )
        }}
      </Loaded>
    </>
  )
}

function Tail({ row, path, live }: LogsProps & { readonly path: string; readonly live: boolean }) {
  const { t } = useTranslation()
  const root = { kind: 'run', id: row.info.run_id } as const
  const file = useQuery({
    queryKey: queryKeys.artifact(root, path, 'tail'),
    queryFn: async ({ signal }) => {
      const { bytes, total } = await getArtifactPart(root, path, { last: TAIL_BYTES }, signal)
      const text = new TextDecoder().decode(bytes)
      // The first line of a part may be half a line.
      return total > bytes.byteLength
        ? { text: text.slice(text.indexOf('\n') + 1), part: true }
        : { text, part: false }
    },
    refetchInterval: (query) => pollInterval(query, () => (live ? POLL_MS : false)),
    structuralSharing: false,
  })
  return (
    <Loaded file={file}>
      {({ text, part }) => (
        <>
          {part && <p className="body muted">{t('runLogs.part')}</p>}
          <TextViewer text={text} clipped={false} name={path} atEnd />
        </>
      )}
    </Loaded>
  )
}
