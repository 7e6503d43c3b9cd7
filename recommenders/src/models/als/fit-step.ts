import type { FitStep } from '../../recipe.js'
import type { Epoch } from './train.js'

/** The progress and metrics that a run logs for one epoch of `total`. */
export const toFitStep = (
  { epoch, loss, seconds, interactionsPerSecond }: Epoch,
  total: number,
): FitStep => ({
  done: epoch,
  total,
  unit: 'epochs',
  message: `loss ${loss.toFixed(4)}, ${Math.round(interactionsPerSecond).toLocaleString('en')} events/s`,
  metrics: { train_loss: loss, epoch_seconds: seconds, interactions_per_second: interactionsPerSecond },
})
