// Something that can be listened to, in the form that useSyncExternalStore asks for.

export class Listeners {
  private readonly all = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.all.add(listener);
    return () => this.all.delete(listener);
  };

  protected changed(): void {
    for (const listener of [...this.all]) listener();
  }
}
