// Go anywhere by typing: a page, a function, a trace, a request.
import { Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useFunctions } from "../../api/client";
import { useKeepRange, useRange } from "../RangePicker";
import { type Choice, choices } from "./choices";
import "./palette.css";

export function Palette({
  pages,
  onClose,
}: {
  pages: { path: string; title?: string }[];
  onClose: () => void;
}) {
  const { range } = useRange();
  const functions = (useFunctions(range).data?.functions ?? []).map((f) => f.name);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const keep = useKeepRange();
  const offered = choices(text, pages, functions);
  const chosen = Math.min(at, offered.length - 1);
  const go = (choice: Choice | undefined) => {
    if (choice) {
      onClose();
      navigate(choice.path.includes("range=") ? choice.path : keep(choice.path));
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      size="lg"
      yOffset="12vh"
      padding="sm"
      title={undefined}
      aria-label="Go to"
    >
      <TextInput
        data-autofocus
        size="md"
        placeholder="Page, function, trace id, request id"
        aria-label="Go to"
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={offered.length > 0 ? `palette-${chosen}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
          if (step !== 0) {
            event.preventDefault();
            setAt((chosen + step + offered.length) % offered.length);
          } else if (event.key === "Enter") {
            go(offered[chosen]);
          }
        }}
      />
      <div id="palette-list" role="listbox" aria-label="Where to" className="palette">
        {offered.map((choice, i) => (
          <button
            type="button"
            role="option"
            id={`palette-${i}`}
            key={choice.key}
            tabIndex={-1}
            aria-selected={i === chosen}
            onMouseMove={() => setAt(i)}
            onClick={() => go(choice)}
          >
            <bdi>{choice.label}</bdi>
            <span className="muted">{choice.kind}</span>
          </button>
        ))}
      </div>
    </Modal>
  );
}
