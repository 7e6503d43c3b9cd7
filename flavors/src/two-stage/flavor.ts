import type { Flavor } from '../flavor.js'

export const twoStage: Flavor = {
  load: async (folder, { loadMember }) => (await import('./recommender.js')).loadTwoStage(folder, loadMember),
}
