namespace OrleansVectors.Collections;

/// <summary>One step of a change of aliases; all steps of a change happen together or not at all.</summary>
public abstract record AliasAction
{
    private AliasAction()
    {
    }

    /// <summary>Points an alias at a collection, whether or not it existed.</summary>
    public sealed record Create(string CollectionName, string AliasName) : AliasAction;

    /// <summary>Removes an alias.</summary>
    public sealed record Delete(string AliasName) : AliasAction;

    /// <summary>Renames an alias.</summary>
    public sealed record Rename(string OldAliasName, string NewAliasName) : AliasAction;
}
