// The sound's engine: what is heard beside what every timeline has.
import type { Levels } from "../../core/audio/levels";
import type { EditorContext } from "../plugin";
import { TimelineEngine } from "../timeline/engine";
import { runAudio } from "./commands";
import { SoundPainter } from "./sound";
import { AudioStage } from "./stage";

export class AudioEngine extends TimelineEngine<AudioStage> {
  private readonly painter: SoundPainter;

  constructor(host: HTMLElement, context: EditorContext, levels: Levels) {
    super(host, context, new AudioStage(context.session, levels, context.readOnly, context.layers));
    const { stage } = this;
    const { player } = stage;
    this.painter = new SoundPainter(levels, stage.axis);
    player.onMove = () => {
      const turned = player.state.playing && stage.axis.follow(stage.playhead);
      this.repaint(turned ? "all" : "overlay");
    };
    this.ends.push(
      levels.pieces.subscribe(this.all),
      player.subscribe(() => this.repaint("overlay")),
      () => {
        player.pause();
        player.onMove = () => {};
      },
    );
    this.begin();
  }

  protected override paintData(context: CanvasRenderingContext2D): void {
    this.painter.paint(context, this.stage.layout, this.look);
  }

  protected override runOwn(command: string): boolean | undefined {
    return runAudio(this.stage, command);
  }

  protected override rest(): boolean {
    const { player } = this.stage;
    if (!player.state.playing) return false;
    player.pause();
    return true;
  }
}
