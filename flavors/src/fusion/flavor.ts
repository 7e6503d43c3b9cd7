import type { Flavor } from '../flavor.js'

export const fusion: Flavor = {
  load: async (folder, { loadMember }) => (await import('./recommender.js')).loadFusion(folder, loadMember),
}
