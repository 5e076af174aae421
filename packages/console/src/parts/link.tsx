import { Anchor, Button, type AnchorProps, type ButtonProps } from "@mantine/core";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes } from "react";

type Native<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

const AnchorBase = forwardRef<HTMLAnchorElement, AnchorProps & Native<AnchorProps>>(function AnchorBase(props, ref) {
  return <Anchor ref={ref} inherit {...props} />;
});

const AnchorRoute = createLink(AnchorBase);

/** A link to a page of the console that looks like a link; `to`, `params` and `search` are checked by the compiler. */
export const PageLink: LinkComponent<typeof AnchorBase> = (props) => <AnchorRoute preload="intent" {...props} />;

const ButtonBase = forwardRef<HTMLAnchorElement, ButtonProps & Native<ButtonProps>>(function ButtonBase(props, ref) {
  return <Button component="a" ref={ref} {...props} />;
});

const ButtonRoute = createLink(ButtonBase);

/** The same as a button. */
export const PageButton: LinkComponent<typeof ButtonBase> = (props) => <ButtonRoute preload="intent" {...props} />;
