import type {ComponentChildren} from 'preact';

/** A part of the page with a heading and a sentence that says what it shows. */
export function Panel({
  id,
  title,
  lead,
  children,
}: {
  id: string;
  title: string;
  lead: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <p class="lead">{lead}</p>
      </header>
      {children}
    </section>
  );
}
