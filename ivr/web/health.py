"""Whether this process answers. Open to everybody, and says nothing else."""

from fastapi import APIRouter


def routes() -> APIRouter:
    router = APIRouter()

    @router.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    return router
