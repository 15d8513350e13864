using OrleansVectors.Collections;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Reads the body that changes aliases.</summary>
internal static class AliasActionsReader
{
    /// <summary>The actions, in order.</summary>
    public static IReadOnlyList<AliasAction> Read(ReadOnlySpan<byte> body)
    {
        var cursor = new JsonCursor(body);
        List<AliasAction>? actions = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("actions"u8))
                throw cursor.UnknownMember();
            actions = ReadActions(ref cursor);
        }

        cursor.EndDocument();
        return actions ?? throw JsonCursor.Missing("", "actions");
    }

    private static List<AliasAction> ReadActions(ref JsonCursor cursor)
    {
        var actions = new List<AliasAction>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            if (actions.Count == ApiLimits.AliasActionsMax)
                throw cursor.Invalid(actions.Count + 1, $"must be at most {ApiLimits.AliasActionsMax} actions");
            actions.Add(ReadAction(ref cursor));
        }

        return actions;
    }

    private static AliasAction ReadAction(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        AliasAction? action = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (action is not null)
                throw cursor.Error("an action has one of create_alias, delete_alias and rename_alias");
            if (cursor.NameIs("create_alias"u8))
            {
                (string collection, string alias) = ReadNames(ref cursor, "collection_name", "alias_name");
                action = new AliasAction.Create(collection, alias);
            }
            else if (cursor.NameIs("delete_alias"u8))
            {
                action = new AliasAction.Delete(ReadNames(ref cursor, null, "alias_name").NewName);
            }
            else if (cursor.NameIs("rename_alias"u8))
            {
                (string oldAlias, string newAlias) = ReadNames(ref cursor, "old_alias_name", "new_alias_name");
                action = new AliasAction.Rename(oldAlias, newAlias);
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        return action ?? throw JsonCursor.Missing(path, "create_alias");
    }

    /// <summary>Reads an object of one or two names; the second may be new and is held to the rules.</summary>
    private static (string Existing, string NewName) ReadNames(ref JsonCursor cursor, string? existingField, string newField)
    {
        string path = cursor.Path;
        string? existing = existingField is null ? "" : null;
        string? newName = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.Name == newField)
            {
                newName = cursor.GetString();
                NameRules.CheckAliasName(in cursor, newName);
            }
            else if (cursor.Name == existingField)
            {
                existing = cursor.GetString();
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        return (existing ?? throw JsonCursor.Missing(path, existingField!), newName ?? throw JsonCursor.Missing(path, newField));
    }
}
