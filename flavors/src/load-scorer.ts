import { invalid } from '@cairn/platform/errors'
import type { LoadedScorer } from './flavor.js'
import { FLAVORS } from './flavors.js'
import { readMlmodel } from './mlmodel/mlmodel.js'

/**
 * Loads a member of a composite model: a model whose flavor scores histories.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export async function loadScorer(folder: string): Promise<LoadedScorer> {
  const { flavors } = await readMlmodel(folder)
  const scoring = Object.entries(FLAVORS).filter(([, { loadScorer }]) => loadScorer)
  const flavor = scoring.find(([name]) => Object.hasOwn(flavors, name))
  if (flavor) return flavor[1].loadScorer!(folder)
  const supported = scoring.map(([name]) => name).join(', ')
  throw invalid(
    `No flavor of the member (${Object.keys(flavors).join(', ')}) scores histories; supported: ${supported}`,
  )
}
