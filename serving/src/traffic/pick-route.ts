import type { RouteConfig } from '../endpoint-state/traffic.js'

/** Picks a served entity according to the traffic split. @param share a number in [0, 1): random, or always the same for a key */
export function pickRoute(routes: readonly RouteConfig[], share: number): string {
  let left = share * 100
  for (const { served_model_name, traffic_percentage } of routes) {
    left -= traffic_percentage
    if (left < 0) return served_model_name
  }
  return routes.at(-1)!.served_model_name
}
