import { RequestError } from '../api/http.js'
import { Failure } from '../ui/states.js'
import { useExperiment } from './use-experiment.js'

interface ExperimentFailureProps {
  readonly experimentId: string
  readonly error: unknown
  readonly retry: () => void
}

/** An error of reading a part of an experiment. What a readable experiment does not have is missing, not hidden. */
export function ExperimentFailure({ experimentId, error, retry }: ExperimentFailureProps) {
  const experiment = useExperiment(experimentId)
  const isMissing = error instanceof RequestError && error.status === 404 && !experiment.isLoadingError
  return (
    <Failure
      error={error}
      retry={retry}
      {...(!isMissing && { about: { type: 'experiment', name: experimentId } })}
    />
  )
}
