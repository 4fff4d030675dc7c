// Markdown as people write guidelines in it. Raw HTML in the source stays text, and the result is cleaned once more:
// guidelines are read by people with other roles than their writer.
import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import { useMemo } from "react";
import classes from "./Markdown.module.css";

const reader = new MarkdownIt({ html: false, linkify: true, typographer: false });

// A link must not take away the page with unsaved work in it.
reader.core.ruler.push("links_open_aside", (state) => {
  for (const block of state.tokens) {
    for (const token of block.children ?? []) {
      if (token.type !== "link_open") continue;
      token.attrSet("target", "_blank");
      token.attrSet("rel", "noopener noreferrer");
    }
  }
});

export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => DOMPurify.sanitize(reader.render(text), { ADD_ATTR: ["target"] }), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: DOMPurify has just cleaned it.
  return <div className={classes.markdown} dangerouslySetInnerHTML={{ __html: html }} />;
}
