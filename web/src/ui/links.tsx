// The library's buttons and anchors as typed links of the router.
import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";

type Plain = Omit<ComponentProps<"a">, "style" | "color">;

function PlainButton(props: ButtonProps & Plain) {
  return <Button component="a" {...props} />;
}

function PlainAnchor(props: AnchorProps & Plain) {
  return <Anchor {...props} />;
}

function PlainNavLink(props: NavLinkProps & Plain) {
  return <NavLink component="a" {...props} />;
}

export const ButtonLink = createLink(PlainButton);
export const AnchorLink = createLink(PlainAnchor);
export const NavigationLink = createLink(PlainNavLink);
