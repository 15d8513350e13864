using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Json.Schemas;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections.Backups;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Backups: take, list, verify, delete, restore; and branches of collections.</summary>
internal static class BackupEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("GET", "/backups", ListAsync);
        routes.MapCall("POST", "/backups", CreateAsync);
        routes.MapCall("DELETE", "/backups/{backup_id}", DeleteAsync);
        routes.MapCall("POST", "/backups/verify", VerifyAsync);
        routes.MapCall("POST", "/backups/restore", RestoreAsync);
        routes.MapCall("POST", "/collections/{collection_name}/clone", CloneAsync);
    }

    private static DatabaseBackups Backups(ApiCall call)
        => call.Database.Backups ?? throw new BadRequestException("no store for backups is configured; start the server with --backup-to");

    private static async Task ListAsync(ApiCall call)
    {
        DatabaseBackups backups = Backups(call);
        IReadOnlyList<BackupSummary> all = await backups.ListAsync(call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync((backups.Location, backups.LastScheduled, all, backups.Unreadable), static (writer, listed) =>
        {
            writer.WriteStartObject();
            writer.WriteString("location"u8, listed.Location);
            if (listed.LastScheduled is BackupOutcome last)
            {
                writer.WriteStartObject("scheduled"u8);
                if (last.Succeeded is DateTimeOffset succeeded)
                    writer.WriteString("succeeded"u8, succeeded);
                else
                    writer.WriteNull("succeeded"u8);
                writer.WriteString("failure"u8, last.Failure);
                writer.WriteEndObject();
            }

            writer.WriteStartArray("backups"u8);
            foreach (BackupSummary backup in listed.all)
                BackupJson.Write(writer, backup);
            writer.WriteEndArray();
            writer.WriteStartArray("unreadable"u8);
            foreach ((string id, string failure) in listed.Unreadable)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, id);
                writer.WriteString("failure"u8, failure);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task CreateAsync(ApiCall call)
    {
        IReadOnlyList<string>? collections;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            collections = BackupJson.ReadCreate(body.Span);
        BackupSummary backup = await Backups(call).CreateAsync(collections, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(backup, BackupJson.Write).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiCall call)
        => await call.WriteResultAsync(
            await Backups(call).DeleteAsync(call.PathPart("backup_id"), call.CancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task VerifyAsync(ApiCall call)
    {
        string? id;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            id = BackupJson.ReadVerify(body.Span);
        IReadOnlyList<BackupVerification> found = await Backups(call).VerifyAsync(id, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(found, BackupJson.Write).ConfigureAwait(false);
    }

    private static async Task RestoreAsync(ApiCall call)
    {
        string? collection;
        DateTimeOffset? time;
        string? newName;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            (collection, time, newName) = BackupJson.ReadRestore(body.Span);
        DatabaseBackups backups = Backups(call);
        IReadOnlyList<string> restored;
        if (collection is null)
        {
            restored = await backups.RestoreAllAsync(time, call.CancellationToken).ConfigureAwait(false);
        }
        else
        {
            time = await backups.RestoreAsync(collection, time, newName, call.CancellationToken).ConfigureAwait(false);
            restored = [newName ?? collection];
        }

        await call.WriteResultAsync((restored, time), static (writer, result) =>
        {
            writer.WriteStartObject();
            if (result.time is DateTimeOffset time)
                writer.WriteString("time"u8, time);
            writer.WriteStartArray("collections"u8);
            foreach (string name in result.restored)
                writer.WriteStringValue(name);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task CloneAsync(ApiCall call)
    {
        string newName;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            newName = BackupJson.ReadClone(body.Span);
        await call.Database.CloneCollectionAsync(call.PathPart("collection_name"), newName, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(true).ConfigureAwait(false);
    }
}
