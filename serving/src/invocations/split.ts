import type { RouteConfig } from '../endpoints/config.js'

/** Picks a served entity according to the traffic split. @param random uniform in [0, 1) */
export function pickRoute(routes: readonly RouteConfig[], random: number): string {
  let left = random * 100
  for (const { served_model_name, traffic_percentage } of routes) {
    left -= traffic_percentage
    if (left < 0) return served_model_name
  }
  return routes.at(-1)!.served_model_name
}
