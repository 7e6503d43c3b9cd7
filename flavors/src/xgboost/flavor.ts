import type { Flavor } from '../flavor.js'

export const xgboost: Flavor = {
  load: async (folder, { mlmodel }) => (await import('./predictor.js')).readXgboostPredictor(folder, mlmodel),
}
