// The engine of series: the numbers beside what every timeline has.
import type { Series } from "../../core/series/levels";
import type { EditorContext } from "../plugin";
import { TimelineEngine } from "../timeline/engine";
import { SeriesPainter } from "./painter";
import { SeriesStage } from "./stage";

export class SeriesEngine extends TimelineEngine<SeriesStage> {
  private readonly painter: SeriesPainter;

  constructor(host: HTMLElement, context: EditorContext, series: Series) {
    super(host, context, new SeriesStage(context.session, series, context.readOnly, context.layers));
    const { stage } = this;
    this.painter = new SeriesPainter(stage);
    let seen = stage.view.state;
    this.ends.push(
      series.pieces.subscribe(this.all),
      stage.view.subscribe(() => {
        const { hidden, fits } = stage.view.state;
        const same = hidden === seen.hidden && fits === seen.fits;
        seen = stage.view.state;
        this.repaint(same ? "overlay" : "all");
      }),
    );
    this.begin();
  }

  protected override paintData(context: CanvasRenderingContext2D): void {
    this.painter.paint(context, this.look);
  }

  protected override paintMoving(context: CanvasRenderingContext2D): void {
    this.painter.paintValues(context, this.look);
  }

  protected override runOwn(command: string): boolean | undefined {
    const { stage } = this;
    switch (command) {
      case "fit-lanes":
        stage.view.set({ fits: !stage.view.state.fits });
        stage.session.announce(
          stage.view.state.fits ? "Lanes fit what is seen" : "Lanes reach over the whole",
        );
        return true;
      case "playhead-on":
        return this.toRow(1);
      case "playhead-back":
        return this.toRow(-1);
      default:
        return undefined;
    }
  }

  /** To the next row, or the one before; undefined where rows are too many to be told apart. */
  private toRow(direction: 1 | -1): boolean | undefined {
    const { stage } = this;
    const { axis, playhead } = stage;
    const rows = stage.series.rows(playhead, playhead + 1);
    if (!rows || rows === "many") return undefined;
    const found =
      direction === 1
        ? rows.ticks.find((tick) => tick > playhead)
        : rows.ticks.findLast((tick) => tick < playhead);
    // Closer together than a pixel nobody sees the step.
    if (found === undefined || Math.abs(found - playhead) < axis.scale) return undefined;
    stage.seek(found);
    if (axis.follow(found)) this.repaint("all");
    stage.session.announce(stage.words(found));
    return true;
  }
}
