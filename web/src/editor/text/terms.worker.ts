// Looks for terms beside the page: a pattern can take for ever, and is then ended with its worker.
import { findTerms, type TermList } from "../../core/terms";

export interface TermQuestion {
  text: string;
  list: TermList;
  most: number;
}

addEventListener("message", ({ data }: MessageEvent<TermQuestion>) => {
  postMessage(findTerms(data.text, data.list, data.most));
});
