import type { FitStep } from '../recipe.js'
import type { Epoch } from './train.js'

/** An epoch of `total` as runs show and log it. */
export const stepOf = ({ epoch, loss, seconds, interactionsPerSecond }: Epoch, total: number): FitStep => ({
  done: epoch,
  total,
  unit: 'epochs',
  message: `loss ${loss.toFixed(4)}, ${Math.round(interactionsPerSecond).toLocaleString('en')} events/s`,
  metrics: { train_loss: loss, epoch_seconds: seconds, interactions_per_second: interactionsPerSecond },
})
