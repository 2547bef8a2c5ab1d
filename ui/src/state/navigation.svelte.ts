export type Place =
  | { name: "timeline" }
  | { name: "rollback"; id: string }
  | { name: "rollbacks" }
  | { name: "way_up"; rollback: string | null }
  | { name: "settings" }
  | { name: "break_glass"; environment: string }
  | { name: "incidents" }
  | { name: "incident"; id: string }
  | { name: "templates" }
  | { name: "channels" }
  | { name: "postmortems" }
  | { name: "postmortem"; id: string };

/** Where in the window the person is. */
export class Navigation {
  place = $state.raw<Place>({ name: "timeline" });

  go(place: Place): void {
    this.place = place;
  }
}
