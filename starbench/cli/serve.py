"""``starbench serve``: the reward over HTTP."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind; others need a token.")
@click.option("--port", default=8000, show_default=True, help="Port to bind; 0 picks a free one.")
@click.option("--workers", type=click.IntRange(min=1), help="Scorer processes (default: one less than the cores).")
@click.option("--reward", default="sim", show_default=True, help="sim, binary, toolrl or format_only.")
@click.option("--profile", default="robust", show_default=True, help="Rules of similarity: robust or star.")
@click.option("--token", envvar="STARBENCH_TOKEN", help="Secret that clients must send (or STARBENCH_TOKEN).")
@click.option("--max-mib", default=32, show_default=True, type=click.IntRange(min=1), help="Largest request, in MiB.")
@click.option("--sample-seconds", default=5.0, show_default=True, help="Time after which a sample is given up.")
def serve(
    host: str,
    port: int,
    workers: int | None,
    reward: str,
    profile: str,
    token: str | None,
    max_mib: int,
    sample_seconds: float,
) -> None:
    """Serve the reward over HTTP: /score, OpenRLHF's /get_reward, slime's /remote_rm, NeMo Gym's /verify.

    Stops gracefully on SIGTERM or Ctrl-C. The page /docs of the server describes every body; /healthz and /metrics are
    for those who run it.
    """
    try:
        from starbench.server import run
    except ImportError as error:
        raise click.ClickException(f'{error.name} is missing; pip install "starbench[server]"') from error
    from starbench.server import Settings

    chosen = {} if workers is None else {"workers": workers}
    settings = Settings(host, port, reward=reward, profile=profile, token=token, max_bytes=max_mib * 1024 * 1024,
                        sample_seconds=sample_seconds, **chosen)  # fmt: skip
    run.serve(settings, announce=lambda url: click.echo(f"starbench serves {reward} ({profile}) on {url}", err=True))
