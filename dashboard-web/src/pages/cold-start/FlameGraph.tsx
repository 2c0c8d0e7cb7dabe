// Every stack of the start: width is time, depth is who called whom. Choose a frame to see it alone.
import { Button, TextInput } from "@mantine/core";
import { IconDownload, IconSearch, IconZoomReset } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { FrameItem } from "../../api/client";
import { duration, share } from "../../components/format";
import { phaseName } from "../../components/phases";
import { collapsed, speedscope } from "./exports";
import { type Box, fits, hue, layout, matching, shortName, whole } from "./flame";

export function FlameGraph({ name, phases }: { name: string; phases: FrameItem[] }) {
  const root = useMemo(() => whole(phases), [phases]);
  const [path, setPath] = useState<FrameItem[]>([root]);
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<Box>();
  const boxes = useMemo(() => layout(path), [path]);
  const depth = boxes.reduce((most, box) => Math.max(most, box.depth), 0);
  const wanted = search.trim().toLowerCase();
  const found = wanted === "" ? 0 : matching(root, wanted);
  return (
    <section className="panel" aria-label="Flame graph">
      <div className="flame-head">
        <h2>Every stack</h2>
        <TextInput
          size="xs"
          aria-label="Search class, method or jar"
          placeholder="Class, method or jar"
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <span className="muted" role="status">
          {wanted === "" ? "" : `${duration(found)}, ${share(found, root.ms)} of what was seen`}
        </span>
        {path.length > 1 && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconZoomReset size={14} />}
            onClick={() => setPath([root])}
          >
            Whole start
          </Button>
        )}
        <span className="flame-exports">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() =>
              save(`${name}.speedscope.json`, JSON.stringify(speedscope(`Cold start of ${name}`, phases)))
            }
          >
            Speedscope
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} />}
            onClick={() => save(`${name}.collapsed.txt`, collapsed(phases))}
          >
            Collapsed
          </Button>
        </span>
      </div>
      <div className="flame" style={{ height: (depth + 1) * 19 }}>
        {boxes.map((box) => {
          const faded = wanted !== "" && !box.path.some((frame) => fits(frame, wanted));
          return (
            <button
              type="button"
              key={`${box.depth}-${box.left}`}
              className={className(box, faded)}
              style={{
                top: box.depth * 19,
                left: `${box.left * 100}%`,
                width: `${box.width * 100}%`,
                ["--hue" as string]: hue(box.frame.jar),
              }}
              title={`${box.frame.name}\n${duration(box.frame.ms)}, itself ${duration(box.frame.selfMs)}\n${box.frame.jar}`}
              aria-label={`${text(box)}, ${duration(box.frame.ms)}`}
              onClick={() => setPath(box.path)}
              onFocus={() => setShown(box)}
              onMouseEnter={() => setShown(box)}
            >
              {box.width > 0.012 ? text(box) : ""}
            </button>
          );
        })}
      </div>
      <p className="flame-foot">
        {shown ? (
          <>
            <code>{shown.depth < 2 ? text(shown) : shown.frame.name}</code> {duration(shown.frame.ms)} (
            {share(shown.frame.ms, root.ms)}), itself {duration(shown.frame.selfMs)}
            {shown.frame.jar && `, ${shown.frame.jar}`}
          </>
        ) : (
          <span className="muted">
            Grey is the JDK, each jar has its own colour. Point at a frame to read it, choose it to see it
            alone.
          </span>
        )}
      </p>
    </section>
  );
}

function save(file: string, content: string) {
  const address = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  link.click();
  URL.revokeObjectURL(address);
}

function text(box: Box): string {
  return box.depth === 1 ? phaseName(box.frame.name) : shortName(box.frame.name);
}

function className(box: Box, faded: boolean): string {
  const kind = box.depth < 3 ? " outer" : hue(box.frame.jar) === undefined ? " jdk" : "";
  return `flame-box${kind}${faded ? " faded" : ""}`;
}
