export type Place = { name: "timeline" } | { name: "rollback"; id: string } | { name: "rollbacks" };

/** Where in the window the person is. */
export class Navigation {
  place = $state.raw<Place>({ name: "timeline" });

  go(place: Place): void {
    this.place = place;
  }
}
