import { ActionIcon, Button, Group, Text, TextInput, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import {
  IconArrowDown,
  IconCheck,
  IconChevronDown,
  IconChevronUp,
  IconCopy,
  IconDownload,
  IconSearch,
  IconTextWrap,
} from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Notice } from "../../parts/notice.tsx";
import { plural } from "../../parts/plural.ts";
import { LookBadge } from "../../parts/status-badge.tsx";
import { findStatus } from "../../parts/status.ts";
import { findLines, plainText, type LogText } from "./log-lines.ts";
import { LogRow } from "./log-row.tsx";
import { useLog, type FollowedLog } from "./use-log.ts";
import classes from "./log-view.module.css";

const lineHeight = 19;
// Below this the frame is only as high as the log.
const shortLines = 24;

/** The log of a phase while it is written. It follows its end until somebody scrolls up, however many lines it has. */
export function LogView({ path, name }: { readonly path: string; readonly name: string }) {
  const log = useLog(path);
  return (
    <>
      {log.error !== null && (
        <Notice tone="warn" urgent>
          The log cannot be read at the moment: {log.error instanceof Error ? log.error.message : "no answer"}
        </Notice>
      )}
      <LogFrame log={log} name={name} />
    </>
  );
}

/** A log that is there as a whole. */
export function WholeLog({ text, raw, name }: { readonly text: LogText; readonly raw: string; readonly name: string }) {
  const log: FollowedLog = { text, raw: [raw], closed: true, caughtUp: true, error: null };
  return <LogFrame log={log} name={name} />;
}

function LogFrame({ log, name }: { readonly log: FollowedLog; readonly name: string }) {
  const { lines, widest } = log.text;
  const scroller = useRef<HTMLDivElement>(null);
  const [wraps, setWraps] = useState(false);
  const [follows, setFollows] = useState(!log.closed);
  const search = useLogSearch(log.text);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 30,
  });
  const { current } = search;

  // The scroll position belongs to the reader as soon as they scroll up.
  const top = useRef(0);
  function hearScroll(): void {
    const box = scroller.current;
    if (box === null) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 2 * lineHeight;
    if (atEnd) setFollows(true);
    else if (box.scrollTop < top.current - 1) setFollows(false);
    top.current = box.scrollTop;
  }

  useLayoutEffect(() => {
    const box = scroller.current;
    if (follows && !log.closed && box !== null) box.scrollTop = box.scrollHeight;
  }, [follows, log, wraps]);

  useEffect(() => {
    if (current === undefined) return;
    setFollows(false);
    virtual.scrollToIndex(current, { align: "center" });
  }, [current, virtual]);

  function jumpToEnd(): void {
    setFollows(true);
    if (lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }

  const digits = Math.max(3, String(lines.length).length);
  const short = log.closed && lines.length <= shortLines;
  return (
    <section className={classes["log"]} aria-label="Log">
      <LogBar log={log} name={name} search={search} wraps={wraps} onWrap={() => setWraps(!wraps)} />
      <div className={classes["frame"]}>
        <div
          ref={scroller}
          className={`${classes["lines"] ?? ""} ${wraps ? (classes["wraps"] ?? "") : ""} ${short ? (classes["short"] ?? "") : ""}`}
          onScroll={hearScroll}
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label="Lines of the log"
          data-testid="log"
        >
          {lines.length === 0 && (
            <Text size="sm" c="dimmed" p="md">
              {log.closed ? "The log is empty." : log.caughtUp ? "Nothing has been written yet." : "Loading the log …"}
            </Text>
          )}
          <div
            className={classes["canvas"]}
            style={{
              height: virtual.getTotalSize(),
              width: wraps ? "100%" : `max(100%, ${String(widest + digits + 6)}ch)`,
            }}
          >
            {virtual.getVirtualItems().map((item) => {
              const line = lines[item.index];
              if (line === undefined) return null;
              return (
                <div
                  key={item.key}
                  ref={wraps ? virtual.measureElement : undefined}
                  data-index={item.index}
                  className={`${classes["line"] ?? ""} ${item.index === current ? (classes["current"] ?? "") : ""}`}
                  style={{ transform: `translateY(${String(item.start)}px)` }}
                >
                  <span className={classes["number"]} style={{ width: `${String(digits + 3)}ch` }} aria-hidden>
                    {item.index + 1}
                  </span>
                  <span className={classes["text"]}>
                    <LogRow line={line} wanted={search.wanted} />
                  </span>
                </div>
              );
            })}
          </div>
        </div>
        {!follows && !log.closed && (
          <Button
            className={classes["jump"] ?? ""}
            size="compact-sm"
            variant="filled"
            leftSection={<IconArrowDown size={14} aria-hidden />}
            onClick={jumpToEnd}
          >
            Follow the end
          </Button>
        )}
      </div>
    </section>
  );
}

interface LogSearch {
  readonly typed: string;
  readonly wanted: string;
  readonly found: readonly number[];
  /** The number of the line that is looked at. */
  readonly current: number | undefined;
  readonly at: number;
  readonly type: (text: string) => void;
  readonly step: (by: 1 | -1) => void;
}

function useLogSearch(text: LogText): LogSearch {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(typed.trim().length < 2 ? "" : typed.trim());
  const found = useMemo(() => findLines(text, wanted), [text, wanted]);
  const place = found.length === 0 ? 0 : Math.min(at, found.length - 1);
  return {
    typed,
    wanted,
    found,
    at: place,
    current: found[place],
    type: (next) => {
      setTyped(next);
      setAt(0);
    },
    step: (by) => setAt(found.length === 0 ? 0 : (place + by + found.length) % found.length),
  };
}

function LogBar(props: {
  readonly log: FollowedLog;
  readonly name: string;
  readonly search: LogSearch;
  readonly wraps: boolean;
  readonly onWrap: () => void;
}) {
  const { log, search } = props;
  const clipboard = useClipboard();
  return (
    <div className={classes["bar"]}>
      <TextInput
        size="xs"
        w={190}
        placeholder="Search the log"
        aria-label="Search the log"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search.typed}
        onChange={(event) => search.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") search.step(event.shiftKey ? -1 : 1);
          if (event.key === "Escape") search.type("");
        }}
      />
      {search.wanted !== "" && (
        <Group gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed" role="status">
            {search.found.length === 0 ? "not found" : `${String(search.at + 1)} of ${String(search.found.length)}`}
          </Text>
          <BarButton label="Previous" disabled={search.found.length === 0} onClick={() => search.step(-1)}>
            <IconChevronUp size={15} aria-hidden />
          </BarButton>
          <BarButton label="Next" disabled={search.found.length === 0} onClick={() => search.step(1)}>
            <IconChevronDown size={15} aria-hidden />
          </BarButton>
        </Group>
      )}
      <span className={classes["grow"]} />
      <Text size="xs" c="dimmed">
        {plural(log.text.lines.length, "line")}
      </Text>
      {!log.closed && <LookBadge look={{ ...findStatus("run", "planning"), label: "Live" }} />}
      <BarButton
        label={props.wraps ? "Do not wrap long lines" : "Wrap long lines"}
        onClick={props.onWrap}
        pressed={props.wraps}
      >
        <IconTextWrap size={15} aria-hidden />
      </BarButton>
      <BarButton
        label={clipboard.copied ? "Copied" : "Copy the log"}
        onClick={() => clipboard.copy(log.text.lines.map((line) => plainText(line.raw)).join("\n"))}
      >
        {clipboard.copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
      </BarButton>
      <BarButton label="Download the log" onClick={() => download(log.raw, `${props.name}.log`)}>
        <IconDownload size={15} aria-hidden />
      </BarButton>
    </div>
  );
}

function BarButton(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        variant={props.pressed === true ? "light" : "subtle"}
        color="gray"
        size="sm"
        aria-label={props.label}
        disabled={props.disabled === true}
        onClick={props.onClick}
        {...(props.pressed === undefined ? {} : { "aria-pressed": props.pressed })}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Saves what has come, with its colours: that is what the server keeps. */
function download(parts: readonly string[], name: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
