// The page of an exhibit that looks at a photo: one of the samples, or the visitor's own.
import { PhotoChoice } from "../inputs/samples";
import type { ExhibitMeta, Schema } from "../kit/meta";
import type { Input, Settings } from "../kit/types";
import { ExhibitPage } from "./exhibit-page";

export abstract class PhotoPage<S extends Schema> extends ExhibitPage<S> {
  readonly choice: PhotoChoice;

  constructor(meta: ExhibitMeta<S>) {
    super(meta);
    this.choice = new PhotoChoice(meta.file?.samples ?? [], () => this.photoChanged());
  }

  override settings(): Settings {
    return { ...super.settings(), sample: this.choice.name };
  }
  override links() {
    return { sample: this.choice.linked };
  }
  override isOwn() {
    return this.choice.own !== null;
  }
  override given() {
    const photo = this.run?.photo;
    if (this.choice.own === null) return null;
    return photo instanceof HTMLCanvasElement ? photo : "no";
  }
  override isFirst() {
    return super.isFirst() && this.choice.isFirst;
  }
  override dress() {
    super.dress();
    this.choice.mark();
  }
  override photo() {
    return this.choice.photo();
  }
  input(): Promise<Input> {
    return this.choice.input();
  }
  override refused() {
    this.choice.goBack();
    this.dress();
    this.linkAll();
    // A link's photo that cannot be used: the sample stands in for it.
    if (!this.run?.frames.length) void this.runs.recorded(null);
  }
  /** Another photo has been chosen. */
  photoChanged() {
    void this.changed();
  }
}
