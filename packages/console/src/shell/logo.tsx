export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden focusable={false}>
      <path d="M9 9h14l6 14H3z" fill="#d9a21b" />
      <path d="M9 9h14l-2.2 5H11.2z" fill="#f6d36b" />
      <path d="M3 23h26l-1.2-2.8H4.2z" fill="#a87608" />
    </svg>
  );
}
